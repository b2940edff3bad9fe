package io.flotilla.engine.node;

import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest.RegisterStore;
import io.flotilla.spi.Clock;
import io.flotilla.spi.EventLoop;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the fleet that a store is here and where, and goes on until somebody has heard it.
/// Confined to its loop once it began.
final class Registration {
  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.node");
  private static final String VERSION = "0.1.0";
  private static final long ANSWER_NANOS_MAX = 30_000_000_000L;
  private static final long PAUSE_NANOS = 200_000_000;

  private final Self self;
  private final PlacementClient placement;
  private final AddressBook book;
  private final NodeFailure failure;
  private final EventLoop loop;
  private final Clock clock;

  /// Who registers.
  ///
  /// @param instance the folder's own name
  /// @param store null: the fleet is to give it an id
  record Self(
      String cluster, String instance, String address, String durability, @Nullable StoreId store) {
    RegisterStore request() {
      return new RegisterStore(cluster, instance, address, List.of(), VERSION, durability, store);
    }
  }

  Registration(
      Self self,
      PlacementClient placement,
      AddressBook book,
      NodeFailure failure,
      EventLoop loop,
      Clock clock) {
    this.self = self;
    this.placement = placement;
    this.book = book;
    this.failure = failure;
    this.loop = loop;
    this.clock = clock;
  }

  /// Begins; `then` runs on the loop once the store is registered.
  void begin(Runnable then) {
    placement.call(
        self.request(),
        clock.nanos() + ANSWER_NANOS_MAX,
        outcome -> loop.execute(() -> onOutcome(outcome, then)));
  }

  private void onOutcome(PlacementClient.Outcome outcome, Runnable then) {
    switch (outcome) {
      case PlacementClient.Outcome.Replied(PlacementReply.Registered done) -> {
        book.learn(PlacementLookup.byStore(done.stores()));
        then.run();
      }
      case PlacementClient.Outcome.Replied(PlacementReply.Rejected(var reason, var message))
          when reason != PlacementReply.Reason.OUTCOME_UNKNOWN ->
          failure.fail("the fleet turned this store away: " + message);
      default -> {
        LOG.warn(
            "not registered yet: {} (if the fleet listens elsewhere by now, start this node with"
                + " --join and the address of any other)",
            OracleClient.reasonOf(outcome));
        loop.schedule(PAUSE_NANOS, () -> begin(then));
      }
    }
  }
}
