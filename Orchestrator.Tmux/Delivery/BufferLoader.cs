using System.Globalization;
using System.Security.Cryptography;

namespace Orchestrator.Tmux;

/// <summary>A text that lies complete in a buffer of tmux, ready to be typed once.</summary>
/// <param name="Id">The message.</param>
/// <param name="Buffer">Name of the buffer, of this attempt alone.</param>
/// <param name="Length">Bytes of UTF-8.</param>
public sealed record LoadedText(DeliveryId Id, string Buffer, int Length);

/// <summary>
/// Brings texts into buffers. Each attempt has a buffer of its own: a feeding process that was cut off and finishes late can then only leave a buffer that
/// nobody types, never put half a text in the place of a whole one.
/// </summary>
internal sealed class BufferLoader(TmuxServer server, IDeliveryFailPoints failPoints, DeliveryProtections protections)
{
    private const int Attempts = 4;
    private const int Part = 16 * 1024;
    private const string Prefix = "m-";

    public async Task<LoadedText> LoadAsync(DeliveryId id, TerminalText text, CancellationToken cancellation)
    {
        using var activity = TmuxTelemetry.Activities.StartActivity("tmux load");
        var trouble = "";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var buffer = $"{Prefix}{id}-{RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz234567", 8)}";
            await failPoints.HitAsync(DeliveryFailPoints.BeforeLoad, cancellation);
            var result = await server.Process.RunAsync(["load-buffer", "-b", buffer, "-"], cancellation, feed: (input, token) => FeedAsync(input, text, token));
            await failPoints.HitAsync(DeliveryFailPoints.Loaded, cancellation);
            var length = await SizeAsync(buffer, cancellation);
            if (length == text.Bytes.Length || (!protections.SizeCheck && length > 0))
            {
                return new LoadedText(id, buffer, text.Bytes.Length);
            }

            trouble = result.Succeeded ? $"{length ?? 0} of {text.Bytes.Length} bytes arrived" : result.Error;
            await DeleteAsync(buffer, cancellation);
            if (!result.Succeeded)
            {
                // The socket may have been deleted under a server that lives.
                await server.Starter.ReachAsync(server.Identity, cancellation);
            }
        }

        throw new TmuxException($"the text of {id} could not be loaded in {Attempts} tries: {trouble}");
    }

    public async Task DeleteAsync(string buffer, CancellationToken cancellation)
    {
        var reply = await server.Control.SendAsync(TmuxCommand.Of("delete-buffer", "-b", buffer), cancellation);
        if (!reply.Succeeded && !reply.Last.Text.Contains("buffer", StringComparison.Ordinal))
        {
            reply.OrThrow();
        }
    }

    public async Task<int> DeleteOlderAsync(TimeSpan olderThan, CancellationToken cancellation)
    {
        var reply = await server.Control.SendAsync(
            TmuxCommand.Of("list-buffers", "-f", $"#{{m:{Prefix}*,#{{buffer_name}}}}", "-F", "#{T:@now} #{buffer_created} #{buffer_name}"), cancellation);
        var stale = reply.OrThrow().Last.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .Where(words => words.Length == 3 && Number(words[0]) - Number(words[1]) >= (long)olderThan.TotalSeconds)
            .Select(words => words[2])
            .ToList();
        foreach (var buffer in stale)
        {
            await DeleteAsync(buffer, cancellation);
        }

        return stale.Count;
    }

    private async Task FeedAsync(Stream input, TerminalText text, CancellationToken cancellation)
    {
        for (var position = 0; position < text.Bytes.Length; position += Part)
        {
            await input.WriteAsync(text.Bytes[position..Math.Min(position + Part, text.Bytes.Length)], cancellation);
            await input.FlushAsync(cancellation);
            await failPoints.HitAsync(DeliveryFailPoints.Loading, cancellation);
        }
    }

    private async Task<int?> SizeAsync(string buffer, CancellationToken cancellation)
    {
        var reply = await server.Control.SendAsync(
            TmuxCommand.Of("list-buffers", "-f", $"#{{==:#{{buffer_name}},{buffer}}}", "-F", "#{buffer_size}"), cancellation);
        return Number(reply.OrThrow().Last.Text) is { } size ? (int)size : null;
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
