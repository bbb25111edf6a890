/** What the desktop host lends its window beside the connection: the one thing that crosses the preload script. */
export interface HostBridge {
  /** Asks for a connection; a window message of `PORT_ARRIVED` then brings one end of a `MessageChannel`. */
  requestPort(): void;
  /** The system's dialog; null where the person cancelled. */
  chooseFolder(): Promise<string | null>;
  /** As `chooseFolder`, for a file with one of these extensions (without the dot). */
  chooseFile(extensions: readonly string[]): Promise<string | null>;
  /** Hears the id of every command that is chosen in the application's menu. */
  onCommand(listener: (id: string) => void): void;
}

/** The name of the bridge among the window's globals. */
export const HOST_BRIDGE = 'alignmentWorkbenchHost';

export const PORT_ARRIVED = 'alignment-workbench:port';
