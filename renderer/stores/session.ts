/** What this window works on: the project, who is labeling, and the settings. */
import { create } from 'zustand';
import type { CallOutput, ProjectSummary, Settings } from '../../core/contract/calls.ts';
import { call, onEvent, useConnection } from './connection.ts';
import { perform } from './perform.ts';

interface SessionState {
  readonly about: CallOutput<'app.about'> | null;
  readonly settings: Settings | null;
  /** undefined until it is known whether one is open. */
  readonly project: ProjectSummary | null | undefined;
}

export const useSession = create<SessionState>(() => ({ about: null, settings: null, project: undefined }));

export const useProject = (): ProjectSummary | null => useSession((state) => state.project ?? null);
export const useLabeler = (): ProjectSummary['labeler'] =>
  useSession((state) => state.project?.labeler ?? null);
export const useSettings = (): Settings | null => useSession((state) => state.settings);

/** Keeps the session as the workbench has it, from now on. */
export function followSession(): void {
  onEvent('project', (project) => useSession.setState({ project }));
  onEvent('settings', (settings) => useSession.setState({ settings }));
  onEvent('changed', readProjectSoon);
  useConnection.subscribe((now, before) => {
    if (now.connection && now.connection !== before.connection) void readSession();
  });
}

async function readSession(): Promise<void> {
  const [about, settings, project] = await Promise.all([
    perform('app.about', {}),
    perform('app.settings', {}),
    perform('project.current', {}),
  ]);
  useSession.setState({ about: about ?? null, settings: settings ?? null, project: project ?? null });
}

const COUNTS_LAG_MS = 300;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** The project's counts follow its changes, of which there can be many a second. */
function readProjectSoon(): void {
  waiting ??= setTimeout(() => {
    waiting = undefined;
    void call('project.current', {}).then((project) => useSession.setState({ project }), ignore);
  }, COUNTS_LAG_MS);
}

/** A lost connection says so itself, and reads all of it again once it is back. */
const ignore = (): void => {};

/** Changes settings; the window shows them at once and takes them back where the workbench refuses. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  const before = useSession.getState().settings;
  if (before) useSession.setState({ settings: { ...before, ...change } });
  const settings = (await perform('app.changeSettings', change)) ?? before;
  useSession.setState({ settings });
}

type ProjectCall = 'project.create' | 'project.open' | 'project.openStarter';

/** Opens or creates a project; gives whether it is open now. */
export async function openProject<N extends ProjectCall>(
  name: N,
  input: Parameters<typeof perform<N>>[1],
): Promise<boolean> {
  const project = (await perform(name, input)) as ProjectSummary | undefined;
  if (project) useSession.setState({ project });
  return project !== undefined;
}

export async function closeProject(): Promise<void> {
  if (await perform('project.close', {})) useSession.setState({ project: null });
}

/** Who is labeling from now on. */
export async function chooseLabeler(id: number): Promise<void> {
  const labeler = await perform('labelers.choose', { id });
  if (!labeler) return;
  useSession.setState(({ project }) => (project ? { project: { ...project, labeler } } : {}));
}

/** Keeps the project's guidelines; gives whether they are kept. */
export async function setGuidelines(guidelines: string): Promise<boolean> {
  if (!(await perform('project.setGuidelines', { text: guidelines }))) return false;
  useSession.setState(({ project }) => (project ? { project: { ...project, guidelines } } : {}));
  return true;
}
