package io.kubeguardian.ingest.http;

import io.helidon.http.encoding.ContentDecoder;
import io.helidon.http.encoding.ContentEncoder;
import io.helidon.http.encoding.ContentEncoding;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/** Unpacks the bodies that Falco compresses ({@code compress_uploads}) as they are read; how much of one is read is bounded there. */
final class GzipBodies implements ContentEncoding {
    @Override
    public Set<String> ids() {
        return Set.of("gzip", "x-gzip");
    }

    @Override
    public boolean supportsDecoding() {
        return true;
    }

    @Override
    public ContentDecoder decoder() {
        return Unpacking::new;
    }

    @Override
    public boolean supportsEncoding() {
        return false;
    }

    @Override
    public ContentEncoder encoder() {
        return ContentEncoder.NO_OP;
    }

    @Override
    public String name() {
        return "gzip";
    }

    @Override
    public String type() {
        return "gzip";
    }

    /** The header is read with the first byte, where what is wrong with it can be answered. */
    private static final class Unpacking extends InputStream {
        private final InputStream packed;
        private InputStream unpacked;

        Unpacking(InputStream packed) {
            this.packed = packed;
        }

        private InputStream unpacked() throws IOException {
            if (unpacked == null) {
                unpacked = new GZIPInputStream(packed);
            }
            return unpacked;
        }

        @Override
        public int read() throws IOException {
            return unpacked().read();
        }

        @Override
        public int read(byte[] block, int offset, int length) throws IOException {
            return unpacked().read(block, offset, length);
        }

        @Override
        public void close() throws IOException {
            packed.close();
        }
    }
}
