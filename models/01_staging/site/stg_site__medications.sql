-- One row per line of every site's medications.csv, renamed and typed; nothing is
-- dropped.
--
-- The columns and their types stand in seeds/mappings/raw_columns.csv.

{{ staged('site', 'medications') }}
