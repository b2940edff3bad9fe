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

/// The placement group's machine: on its leader it answers [PlacementCall]s and decides what the
/// fleet does next; on the others it waits.
///
/// Everything it remembers of one leadership is in one [Tenure], made from the durable state when
/// the leadership begins and dropped when it ends.
public final class PlacementMachine implements RangeMachine {
  private static final long LOADING_RETRY_MILLIS = 20;

  private final RangeAccess access;
  private final StateReader state;
  private final Clock clock;
  private final EventSink events;
  private final PlacementOptions options;
  private final ClockGuard guard;
  private Role role = new Idle();

  private sealed interface Role {}

  private record Idle() implements Role {}

  /// Leads, and has yet to read the durable state.
  private record Loading(long term) implements Role {}

  private record Leading(Tenure tenure) implements Role {}

  /// Leads, and cannot serve.
  private record Stuck(String reason) implements Role {}

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
    this.guard =
        new ClockGuard(clock.wallMillis(), clock.nanos(), options.oracle().jumpMaxMillis());
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
    Loading loading = new Loading(term);
    role = loading;
    state.scan(
        DurableState.FROM,
        DurableState.TO,
        found -> {
          if (role == loading) {
            role = begin(term, found);
          }
        });
  }

  private Role begin(long term, List<StateWrite> found) {
    try {
      DurableState.Loaded loaded = DurableState.load(found);
      if (loaded.settings() != null && !loaded.settings().cluster().equals(options.cluster())) {
        return stuck(
            "the placement group's state is of cluster "
                + loaded.settings().cluster()
                + ", this node is of cluster "
                + options.cluster());
      }
      Office office = new Office(access, clock, events, options, term);
      return new Leading(new Tenure(office, loaded, guard));
    } catch (CodecException e) {
      return stuck(e.getMessage() + ": was this folder used by a newer release?");
    } catch (ClockRefusedException e) {
      events.emit(new PlacementEvent.ClockRefused(String.valueOf(e.getMessage())));
      return stuck(String.valueOf(e.getMessage()));
    }
  }

  private static Stuck stuck(String reason) {
    return new Stuck("placement cannot serve: " + reason);
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
      case Loading _ -> call.refuse(new Busy("placement is starting", LOADING_RETRY_MILLIS));
      case Leading(var tenure) -> tenure.serve(call);
      case Stuck(var reason) -> call.refuse(new Unavailable(reason));
    }
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
