-- Lines are renamed and typed as seeds/mappings/raw_columns.csv says; none is dropped.

{{ staged('proact', 'familyhistory') }}
