package io.kubeguardian.intel;

import io.kubeguardian.intel.feed.FeedCompiler;
import io.kubeguardian.schema.AvroCodec;
import io.kubeguardian.schema.IntelChunk;
import io.kubeguardian.schema.IntelFeed;
import io.kubeguardian.schema.Keys;

/** Feeds in force, by the records that jobs read. */
public final class IntelSets {
    private IntelSets() {}

    public static IntelSet of(FeedCompiler.Compiled compiled) throws Exception {
        IntelAssembly assembly = new IntelAssembly();
        add(assembly, compiled);
        return assembly.set();
    }

    static void add(IntelAssembly assembly, FeedCompiler.Compiled compiled) throws Exception {
        IntelFeed feed = compiled.feed();
        for (IntelChunk chunk : compiled.chunks()) {
            assembly.add(Keys.chunk(feed.getName(), feed.getSlot(), chunk.getNumber()),
                    AvroCodec.of(IntelChunk.class).encode(chunk));
        }
        assembly.add(Keys.feed(feed.getName()), AvroCodec.of(IntelFeed.class).encode(feed));
    }
}
