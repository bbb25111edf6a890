/** A backend with a workbench that holds no project; its argument is whether it is working. */
import { writeFileSync } from 'node:fs';
import type { CallName } from '../../core/contract/calls.ts';
import { answerParent } from '../../core/host/backend-process.ts';
import { FakeWorkbench } from '../contract/fake-workbench.ts';

const [state, stoppedFile] = process.argv.slice(2);

class Working extends FakeWorkbench {
  override handle(name: CallName, input: never): Promise<unknown> {
    if (name !== 'work.list') return super.handle(name, input);
    const work = {
      id: 'a',
      kind: 'run',
      run: null,
      title: '',
      done: 0,
      total: 1,
      message: '',
      resumable: true,
    };
    return Promise.resolve([{ ...work, state, startedAt: 0 }]);
  }

  override stop(): Promise<void> {
    // A checkpoint takes its time.
    return new Promise((resolve) =>
      setTimeout(() => {
        writeFileSync(stoppedFile!, 'stopped');
        resolve();
      }, 100),
    );
  }
}

answerParent(new Working(), (text) => process.stderr.write(`${text}\n`));
