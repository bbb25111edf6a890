/** What passes between the preload script and the main process; the workbench's own calls go through the port. */
export const channels = {
  requestPort: 'request-port',
  port: 'port',
  chooseFolder: 'choose-folder',
  chooseFile: 'choose-file',
  /** From the main process: a command of the window that was chosen in the menu. */
  command: 'command',
} as const;
