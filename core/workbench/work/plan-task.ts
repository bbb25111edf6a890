import { parseRequest } from '../request.ts';
import { planSoon } from '../job-memory.ts';
import type { TaskOf } from './protocol.ts';
import type { TaskHost } from './task-host.ts';

/** Tells what memory a run would take in this process; for the first run of a shape of model it measures first. */
export async function planTask(
  { request, alone }: TaskOf<'plan'>,
  { engine, memory, tell }: TaskHost,
): Promise<string> {
  const means = { ...memory, alone, calibration: { ...memory.calibration, measure: true } };
  const {
    plan,
    refusal = null,
    changes = null,
  } = await planSoon(parseRequest(request), engine.device, means);
  const memories = plan.memories.map((one) => ({ ...one, parts: [...one.parts] }));
  const { provider, name } = plan.device;
  tell({ type: 'planned', verdict: { device: { provider, name }, memories, refusal, changes } });
  return refusal ?? 'it fits';
}
