package io.flotilla.transport.tls;

import java.nio.file.Path;

/// Where an end of a connection has its certificates, all in PEM.
///
/// @param ca certificates of the authorities whose word counts, mostly one
/// @param certificate this end's own certificate, behind it those up to the authority's
/// @param key the private key of that, as PKCS#8, not encrypted
public record PemFiles(Path ca, Path certificate, Path key) {}
