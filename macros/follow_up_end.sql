{#-
    Last day followed from the index day under a follow-up rule; null as recorded.

    Columns: rule, rule_days, is_ruled, last_seen_days, event_days, trial_visit_days,
    trial_death_days, has_died_without_a_day. A subject never seen alive (no last day)
    has the end that does not need one. Equal to counterarm.trust.follow_up, which
    gives the formulas; a subject who is not ruled is only cut at a horizon (cut_at).
    One thing differs: follow_up gives nobody less than 1 day, and here days of 0 or
    less stay, so that eligibility leaves these subjects out and counts them.
-#}
{% macro follow_up_end() -%}
    case
        when rule = 'as_recorded' then null
        when not is_ruled and rule <> 'horizon' then null
        when not is_ruled
        then case
            when event_days is not null then rule_days
            else least(last_seen_days, rule_days)
        end
        when has_died_without_a_day then least(last_seen_days, {{ ruled_end() }})
        else {{ ruled_end() }}
    end
{%- endmacro %}


{#- The end that a rule gives whoever is followed by it. -#}
{% macro ruled_end() -%}
    case rule
        when 'window' then last_seen_days + rule_days
        when 'alive_to_last_visit' then coalesce(trial_visit_days, last_seen_days)
        when 'alive_to_last_death' then coalesce(trial_death_days, last_seen_days)
        when 'horizon' then rule_days
    end
{%- endmacro %}
