// Property tests run the same cases on every machine, so that what passed here passes there; `npm run test:explore`
// tries others.
import fc from 'fast-check';

const seed = process.env['EXPLORE'] === undefined ? 20_261_125 : Date.now();
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
