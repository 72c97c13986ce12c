// Property tests run the same cases on every machine, so that what passed here passes there; `npm run test:explore`
// tries others, and more of them.
import fc from 'fast-check';
import { tries } from './tries.ts';

const seed = process.env['EXPLORE'] === undefined ? 20_261_125 : Date.now();
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed, ...tries(40) });
