using System.Security.Cryptography;

using Orchestrator.Lighthouse.Hosting;
using Orchestrator.Lighthouse.Settings;
using Orchestrator.Runtime;

namespace Orchestrator.Lighthouse.Certificates;

/// <summary>Where the passphrase of the authority's key comes from: the environment, else a file that only its owner can read.</summary>
internal static class Passphrase
{
    private const int RandomBytes = 32;

    /// <summary>The passphrase; a new one is made only for a new authority.</summary>
    /// <exception cref="LighthouseException">There is none, or others can read it.</exception>
    public static async Task<string> ReadAsync(LighthouseSettings settings, bool isNew, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(LighthouseSettings.PassphraseVariable) is { Length: > 0 } said)
        {
            return said;
        }

        var file = settings.PassphraseFile;
        if (!File.Exists(file))
        {
            if (!isNew)
            {
                throw new LighthouseException($"the key of the authority is encrypted, and {file} with its passphrase is missing: put it back, or set {LighthouseSettings.PassphraseVariable}");
            }

            await PrivateFile.WriteAsync(file, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomBytes)) + "\n", cancellationToken);
        }

        if (PrivateFile.IsOpenToOthers(file))
        {
            throw new LighthouseException($"{file} can be read by others: chmod 600 {file}");
        }

        return (await File.ReadAllTextAsync(file, cancellationToken)).Trim() is { Length: > 0 } passphrase ? passphrase : throw new LighthouseException($"{file} is empty: it has to hold the passphrase of the authority's key");
    }
}
