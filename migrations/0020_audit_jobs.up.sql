-- The audit and the queue asked from all sides by the API: what stands first in an index
-- is what is asked for, then the time and the id that a page goes on from.

-- request_id: of the call that did it, "" when it was none. entity: "discount" of
-- "discount.issue".
ALTER TABLE audit
    ADD COLUMN request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin
        NOT NULL DEFAULT '',
    ADD COLUMN entity VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin
        GENERATED ALWAYS AS (SUBSTRING_INDEX(action, '.', 1)) STORED,
    ADD KEY ix_audit_at (at, id),
    ADD KEY ix_audit_actor (actor, at, id),
    ADD KEY ix_audit_person (actor_id, at, id),
    ADD KEY ix_audit_action (action, at, id),
    ADD KEY ix_audit_kind (entity, at, id),
    ADD KEY ix_audit_one (entity_id, at, id),
    ADD KEY ix_audit_request (request_id, at, id),
    DROP KEY ix_audit_entity;

-- Dead jobs of a root, as the other two tables have them.
ALTER TABLE job_dead
    ADD KEY lineage (root);
