import { defineCommands } from '../../shortcuts/commands.ts';

/** With modifiers, since one is typing here. */
defineCommands('play', {
  'play.ask': { title: 'Ask the models', key: 'Mod+Enter' },
  'play.stop': { title: 'Stop the answers', key: 'Mod+Period' },
  'play.again': { title: 'Ask again with another seed', key: 'Alt+KeyR' },
  'play.edit': { title: 'Edit the last question', key: 'Alt+KeyE' },
  'play.clear': { title: 'Clear the conversation', key: 'Alt+KeyC' },
  'play.prompt': { title: 'Take a prompt of the project…', key: 'Alt+KeyP' },
  'play.addModel': { title: 'Add a model', key: 'Alt+KeyA' },
});
