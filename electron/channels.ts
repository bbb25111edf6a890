/** What passes between the preload script and the main process; the workbench's own calls go through the port. */
export const channels = {
  requestPort: 'request-port',
  port: 'port',
  chooseFolder: 'choose-folder',
  chooseFile: 'choose-file',
} as const;
