"""The wellness endpoints on the sources' own stack: FastAPI, SQLAlchemy 2 (sync ORM sessions), psycopg 3.

Written from the descriptions of the endpoints, the way a careful team writes such an app: pydantic v2 models, one session a
request from a pool of 5 with 10 overflow, no statement more than the work needs. It has no accounts, as the source had none.
"""

import os
from collections.abc import Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import CheckConstraint, ForeignKey, Index, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine(
    os.environ["DATABASE_URL"],
    pool_size=int(os.environ.get("POOL_SIZE", "5")),
    max_overflow=int(os.environ.get("POOL_OVERFLOW", "10")),
)
# Objects keep their values after the commit: no second SELECT to print what was just written.
open_session = sessionmaker(bind=engine, autoflush=False, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    userid: Mapped[int] = mapped_column(primary_key=True)


class WellnessMetric(Base):
    __tablename__ = "wellness_metrics"
    __table_args__ = (
        CheckConstraint("wellness_score >= 0 AND wellness_score <= 10"),
        Index("wellness_metrics_user_time", "userid", "time"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    userid: Mapped[int] = mapped_column(ForeignKey("users.userid", ondelete="CASCADE"))
    time: Mapped[datetime]
    wellness_score: Mapped[float]


class UserOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    userid: int


class MetricIn(BaseModel):
    userid: int
    wellness_score: Annotated[float, Field(ge=0, le=10)]
    time: datetime | None = None


class MetricOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    userid: int
    time: datetime
    wellness_score: float


class TrendOut(BaseModel):
    userid: int
    data_points: list[MetricOut]
    trend: Literal["improving", "declining", "stable"]
    average_score: float
    period_days: int


@asynccontextmanager
async def lifespan(_: FastAPI):
    Base.metadata.create_all(engine)
    yield
    engine.dispose()


app = FastAPI(title="Wellness", lifespan=lifespan)


def get_session() -> Iterator[Session]:
    with open_session() as session:
        yield session


Db = Annotated[Session, Depends(get_session)]


def naive_utc(moment: datetime | None) -> datetime:
    """The source stores and prints whole seconds in UTC without a zone."""
    known = moment or datetime.now(UTC)
    if known.tzinfo is not None:
        known = known.astimezone(UTC).replace(tzinfo=None)
    return known.replace(microsecond=0)


def direction(scores: list[float]) -> Literal["improving", "declining", "stable"]:
    if len(scores) < 4:
        return "stable"
    half = len(scores) // 2
    change = sum(scores[half:]) / (len(scores) - half) - sum(scores[:half]) / half
    return "improving" if change > 0.5 else "declining" if change < -0.5 else "stable"


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "healthy"}


@app.post("/api/v1/wellness/users", status_code=201, response_model=UserOut)
def create_user(db: Db) -> User:
    user = User()
    db.add(user)
    db.commit()
    return user


@app.post("/api/v1/wellness/wellness-metrics", status_code=201, response_model=MetricOut)
def record_metric(metric: MetricIn, db: Db) -> WellnessMetric:
    if db.get(User, metric.userid) is None:
        raise HTTPException(404, "User not found")
    row = WellnessMetric(userid=metric.userid, time=naive_utc(metric.time), wellness_score=metric.wellness_score)
    db.add(row)
    db.commit()
    return row


@app.get("/api/v1/wellness/users/{userid}/wellness-trend")
def wellness_trend(userid: int, db: Db, days: Annotated[int, Query(ge=1, le=365)] = 30) -> TrendOut:
    since = naive_utc(None) - timedelta(days=days)
    found = select(WellnessMetric).where(WellnessMetric.userid == userid, WellnessMetric.time >= since)
    rows = db.scalars(found.order_by(WellnessMetric.time)).all()
    if not rows:
        raise HTTPException(404, "No metrics in this period")
    scores = [row.wellness_score for row in rows]
    return TrendOut(
        userid=userid,
        data_points=[MetricOut.model_validate(row) for row in rows],
        trend=direction(scores),
        average_score=round(sum(scores) / len(scores), 2),
        period_days=days,
    )
