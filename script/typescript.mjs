// Lets a script import src/*.ts as it stands, without a build that might be stale.
import { register } from 'node:module';

register('./typescript-hook.mjs', import.meta.url);
