/**
 * Names what goes wrong outside of every test, most often work that a test has left behind. The runner ends the file with 1 for
 * it, although none of its tests has failed, and does not say where it came from.
 */
for (const event of ['uncaughtExceptionMonitor', 'unhandledRejection']) {
  process.on(event, (error: unknown) => console.error(`${event}, in a test or after one:`, error));
}
process.on('exit', (code) => {
  if (code !== 0) console.error(`the process of the tests ends with ${code}`);
});
