import { describeWalks } from './random-walks.ts';

// 10,000 in all.
describeWalks(5000);
