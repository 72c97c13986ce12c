import { tries } from '../../setup/tries.ts';
import { describeWalks } from './random-walks.ts';

describeWalks(tries(250).numRuns);
