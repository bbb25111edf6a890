import type { CallArguments } from '../contract/calls.ts';
import { bytesWords, counted } from '../data/words.ts';
import { exportModel, type ExportOptions } from '../model/export.ts';

export type ExportRequest = CallArguments<'models.export'>;

/** Writes a model where others read it; what came of it, and what to know of it there. */
export async function writeExport(
  { model, out, ...options }: ExportRequest,
  onProgress: NonNullable<ExportOptions['onProgress']>,
): Promise<string> {
  const { files, bytes, notes } = await exportModel(model, out, { ...options, onProgress });
  const written = `${counted(files.length, 'file')} of ${bytesWords(bytes)} written to ${out}`;
  return [written, ...notes].join('; ');
}
