-- Items 1-3 bulbar, 4-6 fine motor, 7-9 gross motor, 10-12 respiratory (Cedarbaum
-- 1999). A domain with a missing item has no score: null adds to null.

select
    usubjid,
    qsspid,
    speech + salivation + swallowing as bulbar,
    handwriting + cutting + dressing as fine_motor,
    turning + walking + climbing as gross_motor,
    dyspnea + orthopnea + respiratory_insufficiency as respiratory

from {{ ref('assessments') }}
