-- Automations: core/automation/automation.h draws their states, run.h those of one
-- person's way through one.

-- cause: what it begins by (trigger.h); ahead: of that, in the days or hours of its cause.
-- scanned: every local day before it has been looked through to its end.
CREATE TABLE automation (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(64) NOT NULL,
    state TINYINT NOT NULL DEFAULT 1,
    cause TINYINT NOT NULL,
    ahead SMALLINT NOT NULL DEFAULT 0,
    plan INT NOT NULL DEFAULT 1 COMMENT 'what is entered with',
    since DATETIME(6) NULL COMMENT 'what happened before is not its matter',
    scanned DATE NULL,
    version BIGINT NOT NULL DEFAULT 1,
    made_by BIGINT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    KEY ix_automation_cause (state, cause),
    KEY ix_automation_name (name, id),
    KEY ix_automation_created (created_at, id),
    CONSTRAINT ck_automation_state CHECK (state BETWEEN 1 AND 4),
    CONSTRAINT ck_automation_cause CHECK (cause BETWEEN 1 AND 6)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- Its steps, as core/automation/plan.h reads them. Never changed: a change is another one.
CREATE TABLE automation_plan (
    automation_id BIGINT NOT NULL,
    no INT NOT NULL,
    body MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    made_by BIGINT NULL,
    made_at DATETIME(6) NOT NULL,
    PRIMARY KEY (automation_id, no),
    CONSTRAINT fk_automation_plan FOREIGN KEY (automation_id) REFERENCES automation (id),
    CONSTRAINT ck_automation_plan CHECK (JSON_VALID(body))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- One person's way through it. enter_key: what they entered for ("bday:2026"), once each;
-- person_id: so that it is once also for who was erased and came back. subject: the
-- redemption or the discount it is about. step: the next one, begun to be due at due_at.
CREATE TABLE automation_run (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    automation_id BIGINT NOT NULL,
    plan INT NOT NULL,
    customer_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    enter_key VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    subject BIGINT NOT NULL DEFAULT 0,
    state TINYINT NOT NULL DEFAULT 1,
    why TINYINT NOT NULL DEFAULT 0,
    step TINYINT NOT NULL DEFAULT 0,
    tries TINYINT NOT NULL DEFAULT 0,
    wake_at DATETIME(6) NOT NULL,
    due_at DATETIME(6) NOT NULL,
    entered_at DATETIME(6) NOT NULL,
    ended_at DATETIME(6) NULL,
    UNIQUE KEY uq_automation_run (automation_id, person_id, enter_key),
    KEY ix_automation_run_wake (automation_id, state, wake_at, id),
    KEY ix_automation_run_state (automation_id, state, id),
    KEY ix_automation_run_list (automation_id, id),
    KEY ix_automation_run_customer (customer_id),
    CONSTRAINT fk_automation_run FOREIGN KEY (automation_id, plan)
        REFERENCES automation_plan (automation_id, no),
    CONSTRAINT ck_automation_run_state CHECK (state BETWEEN 1 AND 5)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What a step of it said or gave. message_id NULL: they were not to get it then (why).
CREATE TABLE automation_word (
    run_id BIGINT NOT NULL,
    step TINYINT NOT NULL,
    automation_id BIGINT NOT NULL,
    message_id BIGINT NULL,
    discount_id BIGINT NULL,
    why TINYINT NOT NULL DEFAULT 0,
    at DATETIME(6) NOT NULL,
    PRIMARY KEY (run_id, step),
    KEY ix_automation_word (automation_id, message_id),
    KEY ix_automation_word_offer (automation_id, discount_id),
    CONSTRAINT fk_automation_word FOREIGN KEY (run_id) REFERENCES automation_run (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
