/** Measures the device named by the first argument; `measuring.ts` runs it. Prints the measurement as JSON. */
import type { Provider } from './engine.ts';
import { measureEngine } from './measure.ts';
import { openEngine } from './open.ts';

const [device, threads] = process.argv.slice(2);
try {
  const { engine } = await openEngine({
    device: device as Provider,
    ...(threads !== undefined && { threads: Number(threads) }),
  });
  process.stdout.write(JSON.stringify(await measureEngine(engine)));
  await engine.dispose();
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
