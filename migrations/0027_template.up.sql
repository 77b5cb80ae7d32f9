-- Templates of messages and of the bots' own texts (core/template/template.h), pictures
-- and videos (core/template/media.h).

CREATE TABLE template (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind TINYINT NOT NULL COMMENT '1 a message, 2 a text of the bots',
    label VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
        COMMENT 'its key, as the API calls it',
    name VARCHAR(64) NOT NULL,
    purpose TINYINT NOT NULL COMMENT 'of a message: 1 service, 2 marketing',
    of_discount TINYINT NOT NULL DEFAULT 0 COMMENT 'its message brings a discount',
    version BIGINT NOT NULL DEFAULT 1,
    last_no INT NOT NULL DEFAULT 0,
    archived_at DATETIME(6) NULL,
    made_by BIGINT NULL,
    created_at DATETIME(6) NOT NULL,
    updated_at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_template_label (label),
    KEY ix_template_name (name, id),
    KEY ix_template_kind (kind, archived_at, id),
    KEY ix_template_created (created_at, id),
    KEY ix_template_updated (updated_at, id),
    CONSTRAINT ck_template_kind CHECK (kind IN (1, 2)),
    CONSTRAINT ck_template_purpose CHECK (purpose IN (1, 2))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- content: by language, as core/content.h reads it; of a text: {"ru":{"text":"…"}}.
CREATE TABLE template_version (
    template_id BIGINT NOT NULL,
    no INT NOT NULL,
    content MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    status TINYINT NOT NULL COMMENT '1 draft, 2 active',
    made_by BIGINT NULL,
    made_at DATETIME(6) NOT NULL,
    activated_by BIGINT NULL,
    activated_at DATETIME(6) NULL,
    active_of BIGINT GENERATED ALWAYS AS
        (CASE WHEN status = 2 THEN template_id END) STORED,
    PRIMARY KEY (template_id, no),
    UNIQUE KEY uq_template_active (active_of),
    CONSTRAINT fk_template_version FOREIGN KEY (template_id) REFERENCES template (id),
    CONSTRAINT ck_template_version CHECK (JSON_VALID(content)),
    CONSTRAINT ck_template_status CHECK (status IN (1, 2))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_520_ci;

-- n goes up with each change of what the bots say instead of their own texts.
CREATE TABLE own_text_version (
    id TINYINT NOT NULL PRIMARY KEY,
    n BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT ck_own_text_version CHECK (id = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
INSERT INTO own_text_version (id, n) VALUES (1, 0);

CREATE TABLE media (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    sha256 BINARY(32) NOT NULL,
    kind TINYINT NOT NULL COMMENT '1 photo, 2 video',
    mime VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    size INT NOT NULL COMMENT 'bytes',
    width INT NOT NULL DEFAULT 0,
    height INT NOT NULL DEFAULT 0,
    made_by BIGINT NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_media_sha256 (sha256),
    KEY ix_media_created (created_at, id),
    KEY ix_media_kind (kind, id),
    CONSTRAINT ck_media_kind CHECK (kind IN (1, 2))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Its bytes, a mebibyte a row: no statement carries more than a small server takes.
CREATE TABLE media_part (
    media_id BIGINT NOT NULL,
    part INT NOT NULL,
    body MEDIUMBLOB NOT NULL,
    PRIMARY KEY (media_id, part),
    CONSTRAINT fk_media_part FOREIGN KEY (media_id) REFERENCES media (id)
        ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- What the messenger calls it, for the bot that has sent it before.
CREATE TABLE media_file (
    media_id BIGINT NOT NULL,
    bot TINYINT NOT NULL COMMENT '1 the guests'', 2 the staff''s',
    file_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    PRIMARY KEY (media_id, bot),
    CONSTRAINT fk_media_file FOREIGN KEY (media_id) REFERENCES media (id)
        ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
