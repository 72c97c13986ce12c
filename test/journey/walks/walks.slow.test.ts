import { tries } from '../../setup/tries.ts';
import { describeWalks } from './random-walks.ts';

// 3,000 in all, which see every loss and every missing confirmation; `EXPLORE=1` makes it 60,000.
describeWalks(tries(1500).numRuns);
