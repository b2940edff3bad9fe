package io.flotilla.placement.directory;

import io.flotilla.codec.CodecException;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.placement.PlacementCall;
import io.flotilla.placement.oracle.ClockGuard;
import io.flotilla.placement.oracle.TimestampOracle.ClockRefusedException;
import io.flotilla.replica.RangeAccess;
import io.flotilla.replica.RangeMachine;
import io.flotilla.replica.RangeRequest;
import io.flotilla.replica.Refusal;
import io.flotilla.replica.Refusal.Busy;
import io.flotilla.replica.Refusal.NotLeader;
import io.flotilla.replica.Refusal.Unavailable;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventSink;
import io.flotilla.spi.StateStorage.StateWrite;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The placement group's machine: on its leader it answers [PlacementCall]s and decides what the
/// fleet does next; on the others it waits.
///
/// Everything it remembers of one leadership is in one [Tenure], made from the durable state when
/// the leadership begins and dropped when it ends. While one cannot be made (the state cannot be
/// read, the clock is not to be believed) it is tried again after growing pauses; if that takes
/// long, the leadership is handed to a store that may be better off.
public final class PlacementMachine implements RangeMachine {
  private static final long LOADING_RETRY_MILLIS = 20;
  private static final long PAUSE_MILLIS_MIN = 100;
  private static final long PAUSE_MILLIS_MAX = 5_000;
  private static final long HAND_OVER_MILLIS_MAX = 300_000;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final RangeAccess access;
  private final StateReader state;
  private final Clock clock;
  private final EventSink events;
  private final PlacementOptions options;
  private ClockGuard guard;
  private Role role = new Idle();

  private sealed interface Role {}

  private record Idle() implements Role {}

  /// Leads, and has yet to read the durable state.
  private static final class Loading implements Role {
    final long term;
    final long sinceNanos;
    long pauseMillis = PAUSE_MILLIS_MIN;
    long handOverMillis;
    boolean doubtsClock;

    /// Why the last attempt failed; null: none did.
    @Nullable String problem;

    Loading(long term, long nanos, long handOverMillis) {
      this.term = term;
      this.sinceNanos = nanos;
      this.handOverMillis = handOverMillis;
    }
  }

  private record Leading(Tenure tenure) implements Role {}

  public PlacementMachine(
      RangeAccess access,
      StateReader state,
      Clock clock,
      EventSink events,
      PlacementOptions options) {
    this.access = access;
    this.state = state;
    this.clock = clock;
    this.events = events;
    this.options = options;
    this.guard = newGuard();
  }

  private ClockGuard newGuard() {
    return new ClockGuard(clock.wallMillis(), clock.nanos(), options.oracle().jumpMaxMillis());
  }

  /// Makes placement machines; knows no other range.
  public static Factory factory(
      StateReader state, Clock clock, EventSink events, PlacementOptions options) {
    return (RangeId range, RangeAccess access) -> {
      if (!range.equals(RangeDescriptor.PLACEMENT)) {
        throw new IllegalArgumentException("range " + range + " is not the placement group");
      }
      return new PlacementMachine(access, state, clock, events, options);
    };
  }

  @Override
  public void onLeadership(long term) {
    onLeadershipLost();
    Loading loading = new Loading(term, clock.nanos(), options.handOverMillis());
    role = loading;
    later(loading.handOverMillis, () -> handOver(loading));
    read(loading);
  }

  private void read(Loading loading) {
    if (role == loading) {
      state.scan(
          DurableState.FROM,
          DurableState.TO,
          found -> begin(loading, found),
          failure -> failed(loading, "its state cannot be read: " + failure.getMessage()));
    }
  }

  private void begin(Loading loading, List<StateWrite> found) {
    if (role != loading) {
      return;
    }
    if (loading.doubtsClock) {
      // What was believed so far was refused, and the clock may have been set right since.
      guard = newGuard();
    }
    try {
      DurableState.Loaded loaded = DurableState.load(found);
      if (loaded.settings() != null && !loaded.settings().cluster().equals(options.cluster())) {
        failed(
            loading,
            "the placement group's state is of cluster "
                + loaded.settings().cluster()
                + ", this node is of cluster "
                + options.cluster());
        return;
      }
      Office office = new Office(access, clock, events, options, loading.term);
      role = new Leading(new Tenure(office, loaded, guard));
      if (loading.problem != null) {
        events.emit(new PlacementEvent.ServesAgain(sinceMillis(loading)));
      }
    } catch (CodecException e) {
      failed(loading, e.getMessage() + ": was this folder used by a newer release?");
    } catch (ClockRefusedException e) {
      loading.doubtsClock = true;
      failed(loading, String.valueOf(e.getMessage()));
    }
  }

  private void failed(Loading loading, String problem) {
    if (role != loading) {
      return;
    }
    if (!problem.equals(loading.problem)) {
      loading.problem = problem;
      events.emit(new PlacementEvent.CannotServe(problem));
    }
    later(loading.pauseMillis, () -> read(loading));
    loading.pauseMillis = Math.min(2 * loading.pauseMillis, PAUSE_MILLIS_MAX);
  }

  /// Nothing comes of it while no other voter has the log, so it is tried again.
  private void handOver(Loading loading) {
    if (role != loading) {
      return;
    }
    loading.handOverMillis = Math.min(2 * loading.handOverMillis, HAND_OVER_MILLIS_MAX);
    later(loading.handOverMillis, () -> handOver(loading));
    if (access.descriptor().replicas().size() > 1) {
      String problem = loading.problem == null ? "its state is being read" : loading.problem;
      events.emit(new PlacementEvent.HandingOver(problem, sinceMillis(loading)));
      access.resign();
    }
  }

  private void later(long millis, Runnable task) {
    access.loop().schedule(millis * NANOS_PER_MILLI, task);
  }

  private long sinceMillis(Loading loading) {
    return (clock.nanos() - loading.sinceNanos) / NANOS_PER_MILLI;
  }

  @Override
  public void onLeadershipLost() {
    if (role instanceof Leading(var tenure)) {
      tenure.close(new NotLeader(access.descriptor(), null));
    }
    role = new Idle();
  }

  @Override
  public void serve(RangeRequest request) {
    if (!(request instanceof PlacementCall call)) {
      request.refuse(new Unavailable("the placement group does not serve this kind of request"));
      return;
    }
    switch (role) {
      case Idle() -> call.refuse(notLeader());
      case Loading loading -> call.refuse(notYet(loading));
      case Leading(var tenure) -> tenure.serve(call);
    }
  }

  private static Refusal notYet(Loading loading) {
    return loading.problem == null
        ? new Busy("placement is starting", LOADING_RETRY_MILLIS)
        : new Unavailable("placement cannot serve: " + loading.problem);
  }

  private Refusal notLeader() {
    return new NotLeader(access.descriptor(), null);
  }

  /// Nothing to do: what a proposal changes is remembered when its outcome comes.
  @Override
  public void onApplied(long index) {}

  /// Nothing to do: the group's own descriptor comes back in its leader's reports like any other.
  @Override
  public void onDescriptor(RangeDescriptor descriptor) {}

  @Override
  public void onRemoved() {
    onLeadershipLost();
  }
}
