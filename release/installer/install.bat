@echo off
rem Installs scr-llm from this folder: a double click, or install.bat [FOLDER]
setlocal DisableDelayedExpansion
set "PYTHON=py -3"
py -3 --version >nul 2>nul || set "PYTHON=python"
%PYTHON% "%~dp0install.py" %*
if errorlevel 1 echo Python 3.11 or later is needed. If the lines above say nothing else, install it first.
pause
