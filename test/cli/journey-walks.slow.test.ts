import { describeWalks } from './journey-walks.ts';

describeWalks(5);
