/** What a run came from: models, runs, snapshots, the labels in them and other files, back to the start. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { Lineage } from '../../contract/calls.ts';
import { counted } from '../../data/words.ts';
import type { Project } from '../../project/project.ts';
import type { RunFolder, RunManifest } from '../../project/run-folder.ts';
import { isStarterModel } from '../starter-files.ts';
import { samePath } from '../paths.ts';
import { openRun, runsOf } from '../runs.ts';
import { removedRun } from './bin.ts';

type Node = Lineage['nodes'][number];
type Source = RunManifest['models'][string];

/** A run with its descent. Throws nothing for what is gone: it is told as removed. */
export function lineageOf(project: Project, run: RunFolder): Lineage {
  const descent = new Descent(project);
  descent.ofRun(run, run.path);
  return { nodes: [...descent.nodes.values()], edges: descent.edges };
}

class Descent {
  readonly nodes = new Map<string, Node>();
  readonly edges: Lineage['edges'] = [];
  readonly #project: Project;

  constructor(project: Project) {
    this.#project = project;
  }

  /** Adds a run, known by the path that it had when others began with it, and all that it came from. */
  ofRun(run: RunFolder, path: string): string {
    const { manifest } = run;
    const gone = run.path !== path && !samePath(run.path, path);
    const detail = [...(gone ? ['removed'] : []), ...detailsOf(run)].join(', ');
    const id = `run:${path}`;
    if (!this.#add({ id, kind: 'run', title: basename(path), detail, path: gone ? null : run.path }))
      return id;
    for (const [role, source] of Object.entries(manifest.models)) this.#model(role, source, manifest, id);
    if (manifest.parent) this.#parent(manifest.parent, manifest, id);
    for (const [role, source] of Object.entries(manifest.data)) this.#data(role, source, id);
    return id;
  }

  #model(role: string, source: Source, { createdAt }: RunManifest, to: string): void {
    const made = placeInRuns(source.path, runsOf(this.#project));
    const at = made?.step === undefined ? '' : ` (step ${made.step})`;
    if (made) this.#edge(this.#madeBy(made.run, createdAt), to, words(role) + at);
    else this.#edge(this.#folder(source), to, words(role));
  }

  #parent({ run, step }: NonNullable<RunManifest['parent']>, { createdAt }: RunManifest, to: string): void {
    this.#edge(this.#madeBy(run, createdAt), to, `parent (step ${step})`);
  }

  /** The run that had this path before another began: by now another one may have it, and that one be in the bin. */
  #madeBy(path: string, before: string): string {
    const here = openRun(path);
    if (here && here.manifest.createdAt <= before) return this.ofRun(here, path);
    const removed = removedRun(this.#project, basename(path));
    if (removed) return this.ofRun(removed, path);
    const id = `run:${path}`;
    this.#add({ id, kind: 'run', title: basename(path), detail: 'removed', path: null });
    return id;
  }

  #folder({ path, sha256 }: Source): string {
    const id = `model:${path}`;
    const title = isStarterModel(path) ? 'Starter: base model' : basename(path);
    const present = existsSync(path);
    const detail = present ? digest(sha256) : `no longer there, ${digest(sha256)}`;
    this.#add({ id, kind: 'model', title, detail, path: present ? path : null });
    return id;
  }

  #data(role: string, source: Source, to: string): void {
    const snapshot = snapshotOf(source.path, this.#project.path);
    if (snapshot !== undefined) return this.#edge(this.#snapshot(snapshot), to, words(role));
    const id = `file:${source.path}`;
    const gone = existsSync(source.path) ? '' : 'no longer there, ';
    const detail = `${gone}${digest(source.sha256)}`;
    this.#add({ id, kind: 'file', title: basename(source.path), detail, path: source.path });
    this.#edge(id, to, words(role));
  }

  #snapshot(number: number): string {
    const id = `snapshot:${number}`;
    const found = this.#project.snapshots.list().find((snapshot) => snapshot.id === number);
    if (!found) {
      this.#add({
        id,
        kind: 'snapshot',
        title: `Snapshot ${number}`,
        detail: 'of another project',
        path: null,
      });
      return id;
    }
    const { name, counts, sha256 } = found;
    const held = [
      counted(counts.prompts, 'prompt'),
      counted(counts.demonstrations, 'demonstration'),
      counted(counts.rankings, 'ranking'),
    ];
    const detail = [...held, digest(sha256)].join(', ');
    if (this.#add({ id, kind: 'snapshot', title: name, detail, path: null })) this.#labels(number, id);
    return id;
  }

  #labels(snapshot: number, to: string): void {
    for (const { labeler, demonstrations, rankings } of this.#project.labelsOf(snapshot)) {
      const id = `labels:${snapshot}:${labeler}`;
      const made = [
        ...(demonstrations > 0 ? [counted(demonstrations, 'demonstration')] : []),
        ...(rankings > 0 ? [counted(rankings, 'ranking')] : []),
      ];
      this.#add({ id, kind: 'labels', title: labeler, detail: made.join(', '), path: null });
      this.#edge(id, to, 'labels');
    }
  }

  /** Whether it is new. */
  #add(node: Node): boolean {
    if (this.nodes.has(node.id)) return false;
    this.nodes.set(node.id, node);
    return true;
  }

  /** What had several roles is drawn once, with all of them. */
  #edge(from: string, to: string, role: string): void {
    const same = this.edges.findIndex((edge) => edge.from === from && edge.to === to);
    if (same < 0) this.edges.push({ from, to, role });
    else this.edges[same] = { from, to, role: `${this.edges[same]!.role}, ${role}` };
  }
}

function detailsOf(run: RunFolder): string[] {
  const { algorithm, createdAt, parent } = run.manifest;
  const step = run.lastStep() || (parent?.step ?? 0);
  return [algorithm, counted(step, 'step'), createdAt.slice(0, 10)];
}

/** The run whose model a path is, and the step if it is a checkpoint's: `<runs>/<name>/checkpoints/000050/model`. */
function placeInRuns(path: string, runs: string): { run: string; step?: number } | undefined {
  const [name, inner, step] = relative(runs, path).split(sep);
  if (name === undefined || name === '..' || inner === undefined) return undefined;
  const run = join(runs, name);
  return inner === 'checkpoints' ? { run, step: Number(step) } : { run };
}

/** The number of the snapshot that a file is of: `<project>/snapshots/0003-name/prompts.train.jsonl`. */
function snapshotOf(path: string, project: string): number | undefined {
  if (!samePath(dirname(dirname(path)), join(project, 'snapshots'))) return undefined;
  return parseInt(basename(dirname(path)), 10);
}

/** `rewardModel` as `reward model`. */
const words = (role: string): string => role.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const digest = (sha256: string): string => `SHA-256 ${sha256.slice(0, 12)}`;
