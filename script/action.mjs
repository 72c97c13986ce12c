// What action.yml runs. Everything it is told comes in as environment variables.
import { run } from './action/run.mjs';

process.exitCode = await run(process.env);
