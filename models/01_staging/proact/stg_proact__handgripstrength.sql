-- One row per line of the handgripstrength file, renamed and typed; nothing is dropped.
--
-- The columns and their types stand in seeds/mappings/raw_columns.csv.

{{ staged('proact', 'handgripstrength') }}
