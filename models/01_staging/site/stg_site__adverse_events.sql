-- One row per line of every site's adverse_events.csv, renamed and typed; nothing is
-- dropped.
--
-- The columns and their types stand in seeds/mappings/raw_columns.csv.

{{ staged('site', 'adverse_events') }}
