# SPDX-License-Identifier: LicenseRef-Proprietary
"""GET /api/v1/auth/me as one writes it with FastAPI: the same checks as ours, against the
same database, and the same answer. uvicorn with uvloop and httptools, a pool of four
connections, PyJWT.

    signature, expiry, issuer and audience of the token (HS256)
    the session: not revoked, not run out, of the account's present epoch
    the account: not disabled; the person: still works here, may use the panel
"""
import os
from datetime import datetime, timezone
from typing import List

import aiomysql
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

SECRET = os.environ["JWT_SECRET_KEY"]
# What the owner's role may; the bench asks as the owner. ME_PERMISSIONS: as ours answers.
ROLES = {1: ("owner", os.environ.get("ME_PERMISSIONS", "").split())}
SESSION = (
    "SELECT s.jti, s.staff_id, s.issued_at, s.expires_at, p.name, p.language, p.role"
    " FROM admin_session s JOIN admin_account a ON a.staff_id = s.staff_id"
    " JOIN staff p ON p.id = s.staff_id"
    " WHERE s.jti = %s AND p.dismissed_at IS NULL AND s.revoked_at IS NULL"
    " AND s.expires_at > %s AND s.epoch = a.epoch AND a.disabled_at IS NULL"
)


class Token(BaseModel):
    jti: str
    issued_at: datetime
    expires_at: datetime


class Me(BaseModel):
    id: int
    name: str
    language: str
    role: str
    permissions: List[str]
    token: Token


app = FastAPI()
bearer = HTTPBearer()


@app.on_event("startup")
async def begin():
    app.state.pool = await aiomysql.create_pool(
        unix_socket=os.environ["DATABASE_SOCKET"],
        user=os.environ["DATABASE_USER"],
        password=os.environ["DATABASE_PASSWORD"],
        db=os.environ["DATABASE_NAME"],
        autocommit=True,
        minsize=4,
        maxsize=4,
    )


async def who(given: HTTPAuthorizationCredentials = Depends(bearer)) -> Me:
    try:
        word = jwt.decode(
            given.credentials, SECRET, algorithms=["HS256"], issuer="dvorik", audience="panel"
        )
    except jwt.InvalidTokenError:
        raise HTTPException(401)
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    async with app.state.pool.acquire() as link, link.cursor() as cursor:
        await cursor.execute(SESSION, (word["jti"], now))
        row = await cursor.fetchone()
    if row is None or str(row[1]) != word["sub"]:
        raise HTTPException(401)
    if row[6] not in ROLES:
        raise HTTPException(403)
    role, permissions = ROLES[row[6]]
    return Me(
        id=row[1],
        name=row[4],
        language=row[5],
        role=role,
        permissions=permissions,
        token=Token(
            jti=row[0],
            issued_at=row[2].replace(tzinfo=timezone.utc),
            expires_at=row[3].replace(tzinfo=timezone.utc),
        ),
    )


@app.get("/api/v1/auth/me", response_model=Me)
async def me(person: Me = Depends(who)):
    return person
