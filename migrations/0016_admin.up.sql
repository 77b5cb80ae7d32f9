-- Who works in the admin panel: credentials, sessions, one-time logins, locks.
-- The epoch of an account is in each of its sessions; raising it ends them all at once.

CREATE TABLE admin_account (
    staff_id BIGINT NOT NULL PRIMARY KEY,
    email VARCHAR(190) CHARACTER SET ascii COLLATE ascii_bin NULL,
    password_hash VARCHAR(72) CHARACTER SET ascii COLLATE ascii_bin NULL,
    totp_secret VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
    totp_since DATETIME(6) NULL,
    totp_last_step BIGINT NOT NULL DEFAULT 0,
    epoch BIGINT NOT NULL DEFAULT 1,
    disabled_at DATETIME(6) NULL,
    created_at DATETIME(6) NOT NULL,
    UNIQUE KEY uq_admin_email (email),
    CONSTRAINT fk_admin_staff FOREIGN KEY (staff_id) REFERENCES staff (id),
    CONSTRAINT ck_admin_password CHECK (password_hash IS NULL OR email IS NOT NULL),
    CONSTRAINT ck_admin_totp CHECK (totp_since IS NULL OR totp_secret IS NOT NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE admin_session (
    jti CHAR(22) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    staff_id BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    issued_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    revoked_at DATETIME(6) NULL,
    ip VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    agent VARCHAR(200) NOT NULL DEFAULT '',
    KEY ix_admin_session_staff (staff_id, expires_at),
    KEY ix_admin_session_end (expires_at),
    CONSTRAINT fk_admin_session FOREIGN KEY (staff_id) REFERENCES admin_account (staff_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- sha256: of the token that is exchanged for a session. ask_sha256: of the one that the
-- sign-in page shows and the bot is asked with, when it began there. staff_id is NULL
-- until somebody has said yes.
CREATE TABLE login_token (
    id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    sha256 BINARY(32) NOT NULL,
    ask_sha256 BINARY(32) NULL,
    staff_id BIGINT NULL,
    made_at DATETIME(6) NOT NULL,
    expires_at DATETIME(6) NOT NULL,
    confirmed_at DATETIME(6) NULL,
    refused_at DATETIME(6) NULL,
    used_at DATETIME(6) NULL,
    asked_ip VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
    asked_agent VARCHAR(200) NOT NULL DEFAULT '',
    UNIQUE KEY uq_login_token (sha256),
    UNIQUE KEY uq_login_token_ask (ask_sha256),
    KEY ix_login_token_staff (staff_id),
    KEY ix_login_token_end (expires_at),
    CONSTRAINT fk_login_token FOREIGN KEY (staff_id) REFERENCES staff (id),
    CONSTRAINT ck_login_token_life CHECK (expires_at <= made_at + INTERVAL 10 MINUTE),
    CONSTRAINT ck_login_token_yes CHECK (confirmed_at IS NULL OR staff_id IS NOT NULL),
    CONSTRAINT ck_login_token_used CHECK (used_at IS NULL OR confirmed_at IS NOT NULL)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Wrong tries, by the SHA-256 of what they were made with (an address, an e-mail …).
CREATE TABLE login_guard (
    subject BINARY(32) NOT NULL PRIMARY KEY,
    tries INT NOT NULL,
    last_at DATETIME(6) NOT NULL,
    locked_until DATETIME(6) NULL,
    KEY ix_login_guard_last (last_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
