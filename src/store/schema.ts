/** What the store itself needs: the counters behind short ids. */
export const storeSchema = `
create table counter (
  name  text primary key,
  value integer not null
) strict, without rowid;
`;
