ALTER TABLE job_dead
    DROP KEY lineage;
ALTER TABLE audit
    ADD KEY ix_audit_entity (entity_id, action),
    DROP KEY ix_audit_request,
    DROP KEY ix_audit_one,
    DROP KEY ix_audit_kind,
    DROP KEY ix_audit_action,
    DROP KEY ix_audit_person,
    DROP KEY ix_audit_actor,
    DROP KEY ix_audit_at,
    DROP COLUMN entity,
    DROP COLUMN request_id;
