/** What `latest-client.child.ts` and the test that starts it agree on: properties by which V8's log is divided. */
export const MARKS = { kept: 'a_client_was_kept', forgotten: 'no_client_was_kept', end: 'all_clients_were_counted' };
