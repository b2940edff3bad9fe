package io.flotilla.engine.node;

import io.flotilla.codec.CodecException;
import io.flotilla.engine.mvcc.KvCall;
import io.flotilla.engine.mvcc.KvReplyCodec;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.KvRequestCodec;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.placement.PlacementCodec;
import io.flotilla.store.Store;
import io.flotilla.transport.request.RequestContext;
import io.flotilla.transport.request.RequestService;
import java.nio.ByteBuffer;

/// Takes requests off the wire and serves them from this node's store. Runs on the connection's
/// loop, which is the store's own wherever it can be, so that a request crosses no thread.
final class Requests implements RequestService {
  private final Store store;
  private final Runnable reportNow;

  /// @param reportNow callable from any thread
  Requests(Store store, Runnable reportNow) {
    this.store = store;
    this.reportNow = reportNow;
  }

  @Override
  public void onRequest(RequestContext context, byte service, ByteBuffer body) {
    try {
      switch (service) {
        case Services.KV -> serveKv(context, KvRequestCodec.decode(body));
        case Services.PLACEMENT -> servePlacement(context, body);
        case Services.REPORT_NOW -> {
          reportNow.run();
          context.respond(new byte[0]);
        }
        default -> context.refuse("service " + service + " is not known here; is this node older?");
      }
    } catch (CodecException garbled) {
      context.refuse("the request does not parse: " + garbled.getMessage());
    }
  }

  private void serveKv(RequestContext context, KvRequest request) {
    store.serve(
        request.target().range(),
        new KvCall(request, reply -> context.respond(KvReplyCodec.encode(reply))));
  }

  private void servePlacement(RequestContext context, ByteBuffer body) {
    store.serve(
        RangeDescriptor.PLACEMENT,
        new LocalPlacementCall(
            PlacementCodec.decodeRequest(body),
            answer -> context.respond(PlacementAnswer.encode(answer))));
  }
}
