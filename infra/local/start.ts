/** `npm start`: says at once that it is there, for loading the rest takes a moment. */
console.log('Escapement is starting …');
const { run } = await import('./run.ts');
await run();
