/** Opens a project and says what came of it: `node open-once.ts <folder>`. */
import { Project } from '../../../core/project/project.ts';

try {
  Project.open(process.argv[2]!).close();
  process.stdout.write('opened\n');
} catch (error) {
  const { name, message } = error as Error;
  process.stdout.write(`${name}: ${message}\n`);
}
