-- One row per line of every site's measurements, renamed and typed; nothing is dropped.
--
-- The columns and their types stand in seeds/mappings/raw_columns.csv.

{{ staged('site', 'measurements') }}
