package io.flotilla.engine.node;

import io.flotilla.placement.Instruction;
import io.flotilla.placement.Step;
import io.flotilla.placement.check.Operator;
import io.flotilla.placement.directory.PlacementEvent;
import io.flotilla.replica.AdminOutcome;
import io.flotilla.spi.EventSink;
import io.flotilla.store.StoreEvent;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where everything that happens on a node goes: into the log, and to those who must act on it.
final class NodeEvents implements EventSink {
  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.node");

  private final EventSink told;
  private volatile Consumer<StoreEvent> listener = event -> {};

  /// Tells the log.
  NodeEvents() {
    this(NodeEvents::log);
  }

  /// @param told hears of every event before anybody acts on it
  NodeEvents(EventSink told) {
    this.told = told;
  }

  /// Who acts on a store's events; called on any loop, must not block.
  void listen(Consumer<StoreEvent> newListener) {
    listener = newListener;
  }

  @Override
  public void emit(Event event) {
    told.emit(event);
    if (event instanceof StoreEvent storeEvent) {
      listener.accept(storeEvent);
    }
  }

  private static void log(Event event) {
    switch (event) {
      case StoreEvent.StoreFailed failed ->
          LOG.error("store {} failed and stops serving", failed.store(), failed.cause());
      case StoreEvent.ReplicaPoisoned poisoned ->
          LOG.error(
              "replica of range {} is broken and was set aside",
              poisoned.range(),
              poisoned.cause());
      case StoreEvent.PauseNoticed _ -> LOG.warn("this process did not run for a while: {}", event);
      case StoreEvent.SnapshotFailed _ -> LOG.warn("{}", event);
      case PlacementEvent.CannotServe _, PlacementEvent.HandingOver _ -> LOG.warn("{}", event);
      case PlacementEvent.ClockRefused _ -> LOG.warn("{}", event);
      case StoreEvent.RoleChanged _ -> LOG.debug("{}", event);
      case StoreEvent.ReplicaCreated made when made.how().equals("found") -> LOG.debug("{}", event);
      case StoreEvent.SupportWithdrawn lost ->
          LOG.warn("store {} was silent: the ranges it led look for other leaders", lost.asker());
      case StoreEvent.EpochsSpent spent ->
          LOG.warn(
              "store {} has lost the support of others too often to ask for it again, so that"
                  + " ranges stay awake: look at its network, then start the node anew",
              spent.store());
      case StoreEvent.LogStalled log when log.stalled() ->
          LOG.warn("the log takes no writes: this store hands its leaderships away");
      // Routine, and by the thousand when a store comes back.
      case PlacementEvent.OperatorStarted(var operator)
          when operator.kind() == Operator.Kind.BALANCE_LEADERS ->
          LOG.debug("{}", event);
      case PlacementEvent.OperatorEnded ended when ended.kind() == Operator.Kind.BALANCE_LEADERS ->
          LOG.debug("{}", event);
      default -> LOG.info("{}", event);
    }
  }

  /// How an instruction of the placement driver ended.
  static void onInstructed(Instruction instruction, AdminOutcome outcome) {
    if (instruction.step() instanceof Step.TransferLeader) {
      LOG.debug("range {}: {}: {}", instruction.range(), instruction.step(), outcome);
    } else if (outcome instanceof AdminOutcome.Done) {
      LOG.info("range {}: done: {}", instruction.range(), instruction.step());
    } else {
      LOG.info("range {}: {}: {}", instruction.range(), instruction.step(), outcome);
    }
  }
}
