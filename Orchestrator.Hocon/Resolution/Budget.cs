namespace Orchestrator.Hocon.Resolution;

/// <summary>Keeps the work and the result of a resolution within bounds, whatever the text asks for.</summary>
internal sealed class Budget(HoconOptions options)
{
    private const int StepsPerValue = 20;
    private const int CharactersPerValue = 64;

    private long _steps = (long)options.MaxValues * StepsPerValue;
    private long _characters = (long)options.MaxValues * CharactersPerValue;

    public void Steps(int count, HoconOrigin? origin)
    {
        _steps -= count;
        if (_steps < 0)
        {
            throw new HoconException(origin!, "the substitutions of this document take too many steps to resolve: make fewer of them refer to each other");
        }
    }

    public void Characters(HoconOrigin origin, long count)
    {
        _characters -= count;
        if (_characters < 0)
        {
            throw new HoconException(origin, "the substitutions of this document build strings that are too long");
        }
    }

    public HoconValue Checked(HoconValue value) => value.Total <= options.MaxValues
        ? value
        : throw new HoconException(value.Origin, $"with its substitutions resolved this holds more than the {options.MaxValues} values allowed");
}
