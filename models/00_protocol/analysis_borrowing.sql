-- The rows of seeds/protocol/borrowing.csv for every analysis, inherited ones included.

{{ resolved_protocol('borrowing') }}
