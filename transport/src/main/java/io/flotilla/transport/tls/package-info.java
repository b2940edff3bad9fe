/// TLS on a node's port and on the way to others: files in, Netty's handlers out.
///
/// Both sides show a certificate, and each takes whoever has one of its certificate authority: the
/// authority is the fleet's own, and host names play no part (docs/tls.md). May use Netty alone.
@NullMarked
package io.flotilla.transport.tls;

import org.jspecify.annotations.NullMarked;
