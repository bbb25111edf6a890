import { defineCommands } from '../../shortcuts/commands.ts';

/** With Alt, since one is typing here. */
defineCommands('demonstrate', {
  'demonstrate.submit': { title: 'Submit the demonstration', key: 'Mod+Enter' },
  'demonstrate.guidelines': { title: 'Guidelines', key: 'Alt+KeyG' },
  'demonstrate.start': { title: 'Start from a model’s answer', key: 'Alt+KeyM' },
  'demonstrate.undo': { title: 'Undo the last submit, skip or flag', key: 'Alt+KeyZ' },
  'demonstrate.next': { title: 'Next prompt', key: 'Alt+KeyN' },
  'demonstrate.previous': { title: 'Previous prompt', key: 'Alt+KeyP' },
  'demonstrate.skip': { title: 'Skip the prompt', key: 'Alt+KeyS' },
  'demonstrate.flag': { title: 'Flag the prompt', key: 'Alt+KeyF' },
});
