/** What `hidden-classes.child.ts` and the test that starts it agree on. */
export const CONNECTIONS = 30;
export const MARK = 'garbage_was_collected';
