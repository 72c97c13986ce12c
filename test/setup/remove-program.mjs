// Removes what build-program.mjs built.
import { rmSync } from 'node:fs';

export default function removeProgram() {
  rmSync(process.env.PROGRAM_FOLDER, { recursive: true, force: true });
}
