package io.flotilla.engine.node;

import io.flotilla.engine.Engine;
import io.flotilla.engine.EngineOptions;
import io.flotilla.engine.RejectedException;
import io.flotilla.engine.route.BlockingEngine;
import io.flotilla.engine.route.RouteOptions;
import io.flotilla.engine.route.Router;
import io.flotilla.engine.route.Waiting;
import io.flotilla.keyspace.StoreId;
import io.flotilla.spi.Clock;
import io.flotilla.spi.RandomSource;
import io.flotilla.transport.frame.HostPort;
import io.flotilla.transport.frame.Identity;
import io.flotilla.transport.frame.TransportLimits;
import io.flotilla.transport.loop.NettyEventLoops;
import io.flotilla.transport.request.RequestClient;
import io.flotilla.transport.tls.Tls;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An engine without a store: a client of a fleet, on one thread of its own.
final class ClientEngine {
  private static final Logger LOG = LoggerFactory.getLogger("io.flotilla.client");

  private final AddressBook book = new AddressBook(null, (store, address) -> {});

  private final List<String> seeds;
  private final Duration deadline;
  private final NettyEventLoops loops;
  private final RequestClient client;

  private ClientEngine(String addresses, EngineOptions options) {
    this.seeds = parse(addresses);
    this.deadline = options.deadline();
    Tls tls = TlsSetup.load(options.tls(), RejectedException::new);
    this.loops =
        new NettyEventLoops(
            1, "flotilla-client", failure -> LOG.error("a task of the client failed", failure));
    this.client = RequestClient.alone(loops, Identity.ANYBODY, TransportLimits.DEFAULTS, tls);
  }

  static Engine connect(String addresses, EngineOptions options) {
    return new ClientEngine(addresses, options).engine();
  }

  /// The same, once a node has let the client in; see [FleetClient#connect].
  static Engine reach(String addresses, EngineOptions options) {
    ClientEngine made = new ClientEngine(addresses, options);
    try {
      Reach.require(made.client, made.seeds, made.deadline);
    } catch (RuntimeException unreachable) {
      made.client.close();
      made.loops.close();
      throw unreachable;
    }
    return made.engine();
  }

  private Engine engine() {
    Clock clock = new SystemClock();
    PlacementClient.Remote remote =
        (address, service, body, deadlineNanos, handler) ->
            client.request(HostPort.parse(address), service, body, deadlineNanos, handler);
    PlacementClient placement = new PlacementClient(book, seeds, null, remote, loops.get(0), clock);
    StoreSearch search = new StoreSearch(book, seeds, remote, loops.get(0), clock);
    OracleClient oracle = new OracleClient(placement, clock, UUID.randomUUID().toString());
    Router router =
        new Router(
            new Router.Ports(
                new RemoteChannel(this::addressOf, client::request, clock),
                new PlacementLookup(placement, search, loops.get(0), clock),
                oracle.forSnapshots(),
                oracle.forHolds(),
                loops.get(0),
                clock,
                new RandomSource(new SecureRandom().nextLong())),
            RouteOptions.DEFAULT);
    AddressRefresh refresh = new AddressRefresh(placement, loops.get(0), clock);
    refresh.begin();
    return new BlockingEngine(
        router,
        deadline,
        within -> new FleetView(placement, within, clock, Waiting.THREAD),
        () -> {
          refresh.end();
          client.close();
          loops.close();
        });
  }

  private @Nullable HostPort addressOf(StoreId store) {
    return book.hostPortOf(store);
  }

  private static List<String> parse(String addresses) {
    List<String> parsed = new ArrayList<>();
    for (String part : addresses.split(",", -1)) {
      try {
        parsed.add(HostPort.parse(part.strip()).toString());
      } catch (IllegalArgumentException malformed) {
        throw new RejectedException(malformed.getMessage() + "", malformed);
      }
    }
    return parsed;
  }
}
