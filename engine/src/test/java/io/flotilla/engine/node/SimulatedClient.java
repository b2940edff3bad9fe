package io.flotilla.engine.node;

import io.flotilla.engine.Engine;
import io.flotilla.engine.route.BlockingEngine;
import io.flotilla.engine.route.RouteOptions;
import io.flotilla.engine.route.Router;
import io.flotilla.engine.route.Waiting;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.sim.SimClock;
import io.flotilla.sim.SimLoop;
import io.flotilla.sim.SimWorld;
import io.flotilla.transport.frame.HostPort;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// A simulated process without a store: what `Engine.connect` makes, over simulated surroundings.
public final class SimulatedClient {
  private static final int TASK_NANOS_MAX = 5_000;

  private final Engine engine;
  private final PlacementClient placement;
  private final SimClock clock;

  /// @param process its number, by which its links are cut
  /// @param seeds addresses of the fleet
  /// @param deadline of each call, unless told otherwise
  public SimulatedClient(
      SimWorld world,
      SimulatedNetwork network,
      int process,
      List<String> seeds,
      Duration deadline) {
    this.clock = new SimClock(world, process * 1_000_003L, 1000);
    String name = "client " + process;
    SimLoop loop = new SimLoop(world, clock, name, TASK_NANOS_MAX);
    AddressBook book = new AddressBook(null, (_, _) -> {});
    SimulatedNetwork.Endpoint endpoint =
        network.open(process, HostPort.parse("10.1.0." + process % 250 + ":1"), loop, clock, book);
    PlacementClient.Remote remote =
        (address, service, body, deadlineNanos, handler) ->
            endpoint.request(HostPort.parse(address), service, body, deadlineNanos, handler);
    this.placement = new PlacementClient(book, seeds, null, remote, loop, clock);
    StoreSearch search = new StoreSearch(book, seeds, remote, loop, clock);
    OracleClient oracle = new OracleClient(placement, clock, name);
    Router router =
        new Router(
            new Router.Ports(
                new RemoteChannel(book::hostPortOf, endpoint::request, clock),
                new PlacementLookup(placement, search, loop, clock),
                oracle.forSnapshots(),
                oracle.forHolds(),
                loop,
                clock,
                world.random(name)),
            RouteOptions.DEFAULT);
    new AddressRefresh(placement, loop, clock).begin();
    Waiting waiting = new InWorld(world);
    this.engine =
        new BlockingEngine(
            router,
            deadline,
            within -> new FleetView(placement, within, clock, waiting),
            () -> {},
            waiting);
  }

  /// An engine whose futures complete as the world runs, and whose other methods let it run until
  /// they are done.
  public Engine engine() {
    return engine;
  }

  /// Asks the placement driver for an operator's step, which it may or may not do.
  public void ask(PlacementRequest request, long nanosMax) {
    ask(request, nanosMax, _ -> {});
  }

  /// `then` hears the answer, if there is one.
  public void ask(PlacementRequest request, long nanosMax, Consumer<PlacementReply> then) {
    placement.call(
        request,
        clock.nanos() + nanosMax,
        outcome -> {
          if (outcome instanceof PlacementClient.Outcome.Replied(PlacementReply.Planned planned)) {
            placement.askToReport(planned.leaderAddress());
          }
          if (outcome instanceof PlacementClient.Outcome.Replied(PlacementReply reply)) {
            then.accept(reply);
          }
        });
  }

  /// Whoever waits lets the world go on meanwhile.
  private record InWorld(SimWorld world) implements Waiting {
    @Override
    public void until(CompletableFuture<?> done) {
      while (!done.isDone()) {
        if (!world.step()) {
          throw new IllegalStateException("nothing will ever happen in this world");
        }
      }
    }

    @Override
    public void pause(long nanos) {
      world.runFor(nanos);
    }
  }
}
